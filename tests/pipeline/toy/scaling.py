"""What the toy stage calls."""

FACTOR_SCALE = 1.0


def scale(x, factor):
    """Scaled numbers."""
    return x * factor * FACTOR_SCALE


def unrelated():
    """Nobody calls this."""
    return 1
