"""What units of time, labels and columns are called, in English: `Words` says it in the reader's language."""

from __future__ import annotations

from typing import Final

from linkage.dimensions import OTHER
from linkage.release.counts import ALL
from linkage.window import Unit

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
SHORT_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
AVERAGE: Final = {
    Unit.MONTH: "in an average month",
    Unit.QUARTER: "in an average quarter",
    Unit.TERTIAL: "in an average tertial",
    Unit.YEAR: "in an average year",
}
MEAN_OF: Final = {
    Unit.MONTH: "Mean per month",
    Unit.QUARTER: "Mean per quarter",
    Unit.TERTIAL: "Mean per tertial",
    Unit.YEAR: "Mean per year",
}
LONG_PERIODS: Final = {Unit.QUARTER: "quarter {part} of {year}", Unit.TERTIAL: "tertial {part} of {year}"}
SHORT_PERIODS: Final = {Unit.QUARTER: "Q{part}", Unit.TERTIAL: "T{part}"}
SEXES: Final = {"woman": "Women", "man": "Men", OTHER: "Sex not known", ALL: "Everybody"}
PARTS: Final = {"sum": "Added up", "unique": "Unique people", "surplus": "Too many in the sum"}
NOTES: Final = {"edge": "not known", "no dates": "no dates", "withheld": "withheld"}
FEW: Final = "few"
SPELLS: Final = {  # how long: one period, several
    Unit.MONTH: ("1 month", "{number} months"),
    Unit.QUARTER: ("1 quarter", "{number} quarters"),
    Unit.TERTIAL: ("1 tertial", "{number} tertials"),
    Unit.YEAR: ("1 year", "{number} years"),
}
MEAN_LENGTHS: Final = {
    Unit.MONTH: "Mean, in months",
    Unit.QUARTER: "Mean, in quarters",
    Unit.TERTIAL: "Mean, in tertials",
    Unit.YEAR: "Mean, in years",
}
MEDIAN_LENGTHS: Final = {
    Unit.MONTH: "Median, in months",
    Unit.QUARTER: "Median, in quarters",
    Unit.TERTIAL: "Median, in tertials",
    Unit.YEAR: "Median, in years",
}
EVENT_PERIODS: Final = {
    Unit.MONTH: "the month of the event",
    Unit.QUARTER: "the quarter of the event",
    Unit.TERTIAL: "the tertial of the event",
    Unit.YEAR: "the year of the event",
}
OFFSETS: Final = {"level": "Change of level", "mean": "Change of the mean"}
AROUND: Final = {
    Unit.MONTH: "Months before and after",
    Unit.QUARTER: "Quarters before and after",
    Unit.TERTIAL: "Tertials before and after",
    Unit.YEAR: "Years before and after",
}
UNITS: Final = {
    Unit.MONTH: "Month",
    Unit.QUARTER: "Quarter",
    Unit.TERTIAL: "Tertial",
    Unit.YEAR: "Year",
}
HEADINGS: Final = {
    "span": "Stretch",
    "sex": "Sex",
    "age": "Age",
    "part": "Part",
    "in": "Combination",
    "lists": "In exactly",
    "from": "From",
    "to": "To",
    "length": "How long",
    "offset": "Before or after",
    "people": "People",
    "value": "People",
    "of": "Out of",
    "percent": "Per cent",
    "target": "Target, per cent",
    "difference": "Above or below the target, percentage points",
    "note": "Note",
}
