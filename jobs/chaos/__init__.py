"""Chaos: a load of mixed jobs, faults by a seed, and a checker of what is promised.

`manage.py jobs chaos` runs it on services and processes of its own; nothing of the project's is touched.
"""
