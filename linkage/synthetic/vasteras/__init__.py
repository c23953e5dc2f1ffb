"""Västerås 2018–2022: made-up people in the programmes that the city's auditors looked at.

Taken from the report: the 21 programmes with places, referrers and aim, and the indicators of 2018, 2019 and
the goal of 2021 (`programmes`, `figures`). Made up: the people, every date, and all that the report lacks.
"""
