"""The networks of Q7 in PyTorch: fully connected, convolutional, fine-tuned; how they are trained, packed and restored.

Names are imported from their modules, and PyTorch with them, when they are first used.

>>> from lib.models import Mlp, count
>>> count(Mlp())
67940
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "alphabet": ["fold_case"],
        "fit": ["choose_device", "evaluate", "one_cycle", "predict"],
        "flowers": ["FlowerCnn", "Head"],
        "networks": ["Cnn", "Mlp", "build", "count", "from_numpy", "pack_weights", "restore", "unpack_weights"],
        "pictures": ["take_view"],
        "squeezenet": ["Pretext", "frozen_features"],
    },
)
