"""The run cache: outputs of earlier runs in a joblib.Memory store, by the meaning of what made them."""

import hashlib
import os
import sys
import warnings


def outputs_of(key, produce):
    """What `produce` returns. joblib forgets everything when this function's text changes: leave it as it is."""
    return produce()


def restore_or_produce(folder, key, produce):
    """Outputs kept under a key, or else produced and kept.

    Parameters
    ----------
    folder : Path
        The store; it may be shared, and deleted at any time.
    key : str
        Digest of all that the outputs depend on.
    produce : callable
        Returns the outputs as a dict of bytes by name.

    Returns
    -------
    dict of str to bytes
        Outputs that have the digest they were kept with: damaged ones are dropped and produced anew.
    """
    if not _is_writable(folder):
        warnings.warn(f"{folder} cannot be written to: outputs are not kept for later", stacklevel=2)
        return produce()
    memory = _memory(folder)
    memorised = memory.cache(outputs_of, ignore=["produce"], verbose=0)

    def sealed():
        files = produce()
        return _seal(files), files

    seal, files = memorised(key, sealed)
    if seal != _seal(files):
        memorised.call_and_shelve(key, sealed).clear()
        seal, files = memorised(key, sealed)
    return files


def trim(folder, gigabytes):
    """Drop the outputs longest unused from a store that grew over its bound."""
    if "joblib" in sys.modules and _is_writable(folder):  # otherwise nothing was added
        _memory(folder).reduce_size(bytes_limit=int(gigabytes * 1e9))


def _is_writable(folder):
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _memory(folder):
    import joblib

    return joblib.Memory(folder / "runs", verbose=0)


def _seal(files):
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name} {len(files[name])}\n".encode())
        digest.update(files[name])
    return digest.hexdigest()
