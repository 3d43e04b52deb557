"""The network of Q1 to Q6 in NumPy: layers, losses, gradients and their check, optimisers, training, PCA.

Names are imported from their modules when they are first used.

>>> import numpy as np
>>> from lib.nn import Network, predict
>>> network = Network((1024, 64, 36), ("sigmoid", "linear"))
>>> network
Network(1024-64-36, sigmoid, linear: 67,940 parameters)
>>> predict(network, np.zeros((1, 1024))).shape
(1, 36)
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "batches": ["Batches", "random_batches"],
        "compression": ["principal_components", "project", "psnr", "psnr_by_rank"],
        "confusion": ["confusion_matrix", "mcnemar", "most_confused", "wilson_interval"],
        "gradcheck": ["check_gradient", "numerical_gradient"],
        "losses": ["CROSS_ENTROPY", "SQUARED_ERROR", "Loss", "accuracy", "cross_entropy", "softmax", "squared_error"],
        "network": ["Layer", "Network", "backward", "forward", "from_arrays", "initialise", "predict"],
        "optimisers": ["Adam", "Momentum", "Optimiser", "Sgd", "cosine"],
        "training": ["evaluate", "fit", "train_epoch"],
    },
)
