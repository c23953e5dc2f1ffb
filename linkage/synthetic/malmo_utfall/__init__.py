"""Malmö's outcomes of 2020: eight lists of people who went on to work or study, and how many people they are.

Taken from the report: the length of each list, the sums of the processes a month, 1 119 and with övrig 2 650
(`figures`). Made up: the people, every date, who is in two lists, and the split of the 1 119 (docs/demo.md).
"""
