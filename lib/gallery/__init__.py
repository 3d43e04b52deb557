"""The page to look at everything: its template, style and script, and the Python that fills them."""
