"""The twin run: two targets are asked the same, step by step, and the first answer in which they differ is told.

Which of the two is right, it does not know. Needs Hypothesis, the extra ``contracts``.
"""
