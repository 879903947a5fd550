"""Parts of campaign files for the smallest campaigns that make a store worth curating."""

TINY = """
[network]
blocks = 1
channels = 8
[evaluation]
every = 0
final_games = 0
"""
UNTAUGHT = """
[learner]
generation_episodes = 1000
first_rows = 100000
"""
