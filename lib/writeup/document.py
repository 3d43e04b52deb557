"""The writeup's folder and its PDF.

Only the fonts that come with Typst, no clock and no network: the same folder gives the same bytes everywhere.
"""

from pathlib import Path


def compile_pdf(main, root):
    """Compile a Typst document.

    Parameters
    ----------
    main : Path
        The document, below `root`.
    root : Path
        Folder that the document may read; ``/`` in its paths.

    Returns
    -------
    bytes
        The PDF.

    Raises
    ------
    ValueError
        If the document does not compile. A claim that the data no longer supports is quoted as a whole sentence.
    """
    import typst

    root = Path(root).resolve()
    compiler = typst.Compiler(root=str(root), ignore_system_fonts=True)
    try:
        return compiler.compile(str((root / main).resolve()))
    except typst.TypstError as error:
        raise ValueError(_explain(error)) from None


def _explain(error):
    """What Typst found, without its wrapping: a panic says ``panicked with: "..."`` around our own message."""
    message = str(error.args[0] if error.args else error)
    _, panicked, rest = message.partition("panicked with: ")
    if panicked:
        message = rest.strip().strip('"').replace('\\"', '"')
    return f"the writeup cannot be built: {message}"
