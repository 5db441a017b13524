"""How risky a coin is: 1 (little) to 100 (much), out of parts that show what they looked at."""
