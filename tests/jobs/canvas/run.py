"""`python -m tests.jobs.canvas.run plain|millrace name ...`: run the calls, print their results as JSON."""

import json
import sys
import traceback
from collections.abc import Callable
from typing import Any


def _application(name: str) -> Any:
    if name == "plain":
        from tests.jobs.canvas.plain import app

        app.set_default()
        app.loader.import_default_modules()
        return app
    import django

    django.setup()
    from config.celery import app as millrace

    millrace.loader.import_default_modules()
    return millrace


def _one(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except Exception:
        return traceback.format_exc().splitlines()[-1]


def main(application: str, names: list[str]) -> None:
    """Run the calls one after the other: Celery's own Redis results are not made for threads."""
    _application(application)
    from tests.jobs.canvas.calls import CALLS, plain

    sys.stdout.write(json.dumps(plain({name: _one(CALLS[name]) for name in names})))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
