"""The goal chain: board goal, indicator, target, outcome and degree of fulfilment."""
