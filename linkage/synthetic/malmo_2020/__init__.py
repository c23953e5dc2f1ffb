"""Malmö 2020: made-up people in four registers, with the figures of the report that the city and AF wrote.

Taken from the report: the groups, how they are counted, and their means per month (`figures`). Made up: the
people, every date, the figures of single months, and who is in what beside it (docs/demo.md tells all).
"""
