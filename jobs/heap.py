"""The heap of a process that lives for long."""

import gc


def freeze_imports() -> None:
    """Take all that is there out of the garbage collector's sight. Called when everything is imported.

    What is imported stays for good, and there is much of it: a full collection takes some 100 ms, which hits
    whatever is going on, a bundle, a request or a fold. Without it there are more collections, each of a moment,
    so that garbage in cycles (every traceback) goes soon; and pages that processes share stay shared.
    """
    gc.collect()
    gc.freeze()
