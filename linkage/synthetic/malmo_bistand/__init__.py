"""Malmö 2018–2019: made-up people in two registers, with the two amounts that the city could give.

Taken from the report: −4 716 and −7 241 kronor a month and household, and what it says of the young without
numbers (`figures`). Made up: the people, every date and amount, all other figures (docs/demo.md tells all).
"""
