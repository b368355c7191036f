"""What can be named in a settings file is what lies in the folders."""

import pytest

from monitor import registry
from monitor.errors import ConfigError


def test_the_folder_is_the_list_and_helpers_are_not_in_it():
    assert {"console", "telegram"} <= set(registry.names("send"))
    assert not [name for name in registry.names("send") if name.startswith("_")]
    assert list(registry.names("collect")) == sorted(registry.names("collect"))


@pytest.mark.parametrize("name", registry.names("send"))
def test_every_chat_service_can_be_connected_to(name):
    assert registry.connectable(registry.load("send", name))


def test_a_name_that_does_not_exist_is_answered_with_those_that_do():
    with pytest.raises(ConfigError) as caught:
        registry.load("send", "pigeon")
    assert "'pigeon'" in str(caught.value)
    assert "console" in str(caught.value)


def test_a_helper_cannot_be_loaded_by_its_name():
    with pytest.raises(ConfigError, match="_http"):
        registry.load("send", "_http")


def test_reading_files_is_a_way_to_collect_but_no_route():
    assert "files" in registry.names("collect")
    assert not registry.connectable(registry.load("collect", "files"))
    assert registry.connectable(registry.load("collect", "telegram_web"))
