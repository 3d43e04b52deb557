"""Numbers as text, the same in tables, pages and snippets."""

import math
from typing import Any

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
DIGITS = {"%": 1, "dB": 2}


def format_value(value: Any, unit: str = "", digits: int | None = None) -> str:
    """A value as text.

    Parameters
    ----------
    value : number, str, bool, or list of them
        A share where the unit is ``%``.
    unit : str
        Stands after the number.
    digits : int, optional
        Decimals; without it as the unit has them (``%``: 1, ``dB``: 2), else four significant digits.

    Examples
    --------
    >>> format_value(0.85, "%"), format_value(15.306, "dB"), format_value(67940), format_value(3.2e-9)
    ('85.0 %', '15.31 dB', '67,940', '3.2 × 10⁻⁹')
    >>> format_value(0.25), format_value(2 / 3, digits=2), format_value(2.5e7), format_value([16, 32], "s")
    ('0.25', '0.67', '2.5 × 10⁷', '16 s, 32 s')
    """
    if isinstance(value, list | tuple):
        return ", ".join(format_value(item, unit, digits) for item in value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if unit == "%":
        value = 100 * value
    return f"{_format_number(value, DIGITS.get(unit) if digits is None else digits)} {unit}".rstrip()


def _format_number(value: float, digits: int | None) -> str:
    if digits is not None:
        return f"{value:,.{digits}f}"
    if isinstance(value, int):
        return f"{value:,}"
    if value and math.isfinite(value) and not 1e-3 <= abs(value) < 1e6:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa} × 10{str(int(exponent)).translate(SUPERSCRIPTS)}"
    return f"{value:.4g}"
