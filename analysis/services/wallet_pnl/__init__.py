"""Profit and loss of a wallet: its stored history as entries of the engine in `analysis.services.pnl`.

Money is SOL. The rules, besides those of the engine:
- a trade with SOL on one side is worth that SOL; one without is worth what its dollars, or else the tokens
  given or got, were worth at the wallet's own nearest trade against SOL, and is flagged as estimated;
- a network fee goes with the first trade of its transaction; without a trade (failed ones, transfers) it is
  an expense of its own. Rent is a deposit that comes back: it is left out;
- SOL that comes or goes is money, not trade. Dollars that come are bought, and that go are sold, at their
  worth in SOL on that day: putting money in is no profit;
- any other token that comes for nothing is income of no known worth: it has zero cost;
- a token that is sent away is taken to stay with the same owner: its lots remain, and it is flagged.
"""
