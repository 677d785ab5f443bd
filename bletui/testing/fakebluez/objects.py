"""D-Bus objects as values, with the signals that a change of them sends."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dbus_fast import DBusError, Message, Variant

from bletui.testing.fakebluez.faults import Distortion
from bletui.testing.fakebluez.refusals import Refusal

OBJECT_MANAGER = "org.freedesktop.DBus.ObjectManager"
PROPERTIES = "org.freedesktop.DBus.Properties"
INTROSPECTABLE = "org.freedesktop.DBus.Introspectable"
ROOT = "/"

Properties = dict[str, Variant]
Answer = tuple[str, list[Any]]  # signature, body
Method = Callable[[Message], Answer | None]  # None: it answers later, by `reply` or `refuse`
Post = Callable[[Message], None]

NOTHING: Answer = ("", [])


@dataclass(slots=True)
class Interface:
    """Properties and methods (keyed by name and signature) of one interface; `setters` makes a property writable."""

    properties: Properties = field(default_factory=dict)
    methods: Mapping[tuple[str, str], Method] = field(default_factory=dict)
    setters: Mapping[str, Callable[[Any], None]] = field(default_factory=dict)


class ObjectTree:
    """Paths, their interfaces, and the ObjectManager at the root; `post` sends signals and late answers."""

    def __init__(self, post: Post, distortions: Sequence[Distortion] = ()) -> None:
        self._post = post
        self._distortions = distortions
        self.objects: dict[str, dict[str, Interface]] = {}

    def reply(self, message: Message, answer: Answer = NOTHING, fds: Sequence[int] = ()) -> None:
        """`fds` are closed here once they are on their way."""
        signature, body = answer
        self._post(Message.new_method_return(message, signature, body, list(fds)))

    def refuse(self, message: Message, refusal: Refusal) -> None:
        self._post(Message.new_error(message, *refusal))

    def add(self, path: str, interfaces: dict[str, Interface]) -> None:
        for name, interface in interfaces.items():
            self._distort(path, name, interface.properties)
        self.objects[path] = interfaces
        body = [path, _properties(interfaces)]
        self._post(Message.new_signal(ROOT, OBJECT_MANAGER, "InterfacesAdded", "oa{sa{sv}}", body))

    def extend(self, path: str, name: str, interface: Interface) -> None:
        """One more interface at an object."""
        self.objects[path][name] = interface
        body = [path, {name: interface.properties}]
        self._post(Message.new_signal(ROOT, OBJECT_MANAGER, "InterfacesAdded", "oa{sa{sv}}", body))

    def withdraw(self, path: str, name: str) -> None:
        """One interface goes; the object stays."""
        if self.objects[path].pop(name, None) is not None:
            self._post(Message.new_signal(ROOT, OBJECT_MANAGER, "InterfacesRemoved", "oas", [path, [name]]))

    def remove(self, path: str) -> None:
        """Removes the object and, before it, everything below it."""
        for each in sorted([*self.children(path), path], key=lambda one: f"{one}/~"):
            self._drop(each)

    def children(self, path: str) -> list[str]:
        return [other for other in self.objects if other.startswith(f"{path}/")]

    def change(self, path: str, interface: str, changed: Properties, invalidated: Sequence[str] = ()) -> None:
        """Sets and drops properties, and says so in one signal."""
        held = self.objects[path][interface].properties
        self._distort(path, interface, changed, only=changed.keys())
        held.update(changed)
        gone = [name for name in invalidated if held.pop(name, None) is not None]
        if changed or gone:
            body = [interface, changed, gone]
            self._post(Message.new_signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", body))

    def managed(self, _message: Message) -> Answer:
        return "a{oa{sa{sv}}}", [{path: _properties(interfaces) for path, interfaces in self.objects.items()}]

    def _distort(self, path: str, interface: str, properties: Properties, only: Container[str] | None = None) -> None:
        for each in self._distortions:
            if path.endswith(each.path) and each.interface == interface and (only is None or each.name in only):
                properties.pop(each.name, None)
                if each.value is not None:
                    properties[each.name] = each.value

    def _drop(self, path: str) -> None:
        names = [PROPERTIES, INTROSPECTABLE, *self.objects.pop(path)]
        self._post(Message.new_signal(ROOT, OBJECT_MANAGER, "InterfacesRemoved", "oas", [path, names]))


def get(interfaces: Mapping[str, Interface], message: Message) -> Answer:
    interface, name = message.body
    held = _interface(interfaces, interface).properties
    if name not in held:
        raise DBusError("org.freedesktop.DBus.Error.InvalidArgs", f"No such property '{name}'")
    return "v", [held[name]]


def get_all(interfaces: Mapping[str, Interface], message: Message) -> Answer:
    return "a{sv}", [_interface(interfaces, message.body[0]).properties]


def put(interfaces: Mapping[str, Interface], message: Message) -> Answer:
    interface, name, value = message.body
    held = _interface(interfaces, interface)
    if name not in held.setters:
        raise DBusError("org.freedesktop.DBus.Error.PropertyReadOnly", f"Property '{name}' is not writable")
    held.setters[name](value.value)
    return NOTHING


def _interface(interfaces: Mapping[str, Interface], name: str) -> Interface:
    if name not in interfaces:
        raise DBusError("org.freedesktop.DBus.Error.InvalidArgs", f"No such interface '{name}'")
    return interfaces[name]


def _properties(interfaces: Mapping[str, Interface]) -> dict[str, Properties]:
    standing: dict[str, Properties] = {INTROSPECTABLE: {}, PROPERTIES: {}}
    return standing | {name: interface.properties for name, interface in interfaces.items()}
