"""Reports: made from a release alone, so whoever holds one can make them again.

They take a `Release` and nothing else: there is no way to print figures that did not pass the gate.
"""

from linkage.report.delimited import csv
from linkage.report.frames import frames
from linkage.report.page import html
from linkage.report.workbook import excel

__all__ = ["csv", "excel", "frames", "html"]
