"""Profit and loss of a trade history: which lots were sold, what they cost, what was gained.

Pure: no database, no clock, no floats. `report.calculate` is the way in; the rules are told in
`docs/explanation/profit-and-loss.md` and, where they apply, in the docstrings of `matching` and `lots`.
"""
