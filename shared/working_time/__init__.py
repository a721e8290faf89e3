"""The one place that computes with working time: calendars, terms, due times, verdicts, elapsed time.

Pure: no clock, no database, no broker. Times come in as aware datetimes and go out in UTC.
"""
