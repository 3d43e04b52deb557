"""From a photograph to letters in reading order (Q4), drawn as a training set draws its own.

Names are imported from their modules when they are first used.

>>> from lib.data.photos import open_photo
>>> from lib.vision import read_page
>>> page = read_page(open_photo("images/04_deep.jpg"))
>>> page
Page(41 letters in 6 words on 3 lines)
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "context": ["with_context"],
        "crops": ["Style", "draw_letter", "draw_letters", "measure_style"],
        "layout": ["find_lines", "find_words", "reading_order"],
        "letters": ["Letters", "find_letters", "segment"],
        "page": ["Page", "read_page"],
        "reading": ["record", "score_reading"],
        "scores": ["edit_distances", "page_scores"],
        "text": ["compose", "read_transcript"],
    },
)
