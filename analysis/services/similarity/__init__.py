"""How alike several wallets are, by the tokens that they trade and the capital that they put in.

Money itself (SOL and dollars) is no token here. A capital vector holds, per token, the share of all SOL the
wallet put into tokens; a binary vector holds 1 for a token that it traded, else 0.
"""
