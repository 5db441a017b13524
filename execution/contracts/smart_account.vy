# pragma version ^0.4.0
# An account that does what its owner says: the owner signs and pays the gas, the account has the money.

event Executed:
    target: indexed(address)
    amount: uint256

owner: public(address)


@deploy
@payable
def __init__(owner: address):
    assert owner != empty(address), "no owner"
    self.owner = owner


@external
@payable
def __default__():
    pass


@external
def execute(target: address, amount: uint256, data: Bytes[8192]) -> Bytes[4096]:
    assert msg.sender == self.owner, "not the owner"
    answer: Bytes[4096] = raw_call(target, data, max_outsize=4096, value=amount)
    log Executed(target=target, amount=amount)
    return answer
