from bletui_template import ADDRESS, COUNTER, VALUE, Template

from bletui.backend import Env
from bletui.testing.contract import BackendContract, Subject


class TestTemplate(BackendContract):
    subject = Subject(
        open=lambda: Template(Env("template")), device=ADDRESS, readable=VALUE, writable=VALUE, notifying=COUNTER
    )
