"""Settings for every test."""

from hypothesis import settings

settings.register_profile("bletui", deadline=None)  # a busy machine is no failure
settings.load_profile("bletui")
