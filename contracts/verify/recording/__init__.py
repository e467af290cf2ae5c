"""Answers of a target, kept as they may be kept: readable, without anybody's data, and with a date."""
