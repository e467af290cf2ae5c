"""The verification run: what a target really answers, beside what is promised, told so that somebody can act on it."""
