"""What people see: questions over HTTP come in, figures, their rows and their changes go out.

`question.py` understands, `answer.py` answers, `replies.py` sends, `kept.py` what is kept; the other modules are the paths.
"""
