"""views.*, assistant.threads.*, reactions.* and the methods that say who one is."""

from __future__ import annotations

from tests.slack_server.methods.chat import Arguments
from tests.slack_server.slack import ApiError, Slack, decoded
from tests.slack_server.tickets import View
from tests.slack_server.workspace import APP, BOT, BOT_USER, DOMAIN, TEAM, Json


def auth_test(slack: Slack, _arguments: Arguments) -> Json:
    return {
        "url": f"https://{DOMAIN}.slack.com/",
        "team": "Harbour",
        "user": slack.workspace.users[BOT_USER]["name"],
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT,
        "is_enterprise_install": False,
    }


def bot_info(slack: Slack, arguments: Arguments) -> Json:
    slack.need("users:read")
    if arguments.get("bot") != BOT:
        raise ApiError("bot_not_found")
    return {
        "bot": {"id": BOT, "app_id": APP, "user_id": BOT_USER, "name": "Quoth", "deleted": False}
    }


def open_view(slack: Slack, arguments: Arguments) -> Json:
    return {"view": slack.tickets.open(_triggered(slack, arguments), _view(arguments)).raw}


def push_view(slack: Slack, arguments: Arguments) -> Json:
    user = _triggered(slack, arguments)
    stack = slack.tickets.opened(user)
    if not stack:
        raise ApiError("not_found")
    if len(stack) >= 3:
        raise ApiError("push_limit_reached")
    return {"view": slack.tickets.open(user, _view(arguments), before=stack[-1]).raw}


def update_view(slack: Slack, arguments: Arguments) -> Json:
    view = _known(slack, arguments)
    if arguments.get("hash") and arguments["hash"] != view.raw["hash"]:
        raise ApiError("hash_conflict")
    view.replace(_view(arguments))
    slack.workspace.touch()
    return {"view": view.raw}


def publish_view(slack: Slack, arguments: Arguments) -> Json:
    user = str(arguments.get("user_id", ""))
    if user not in slack.workspace.users:
        raise ApiError("user_not_found")
    return {"view": slack.tickets.publish(user, _view(arguments)).raw}


def set_status(slack: Slack, arguments: Arguments) -> Json:
    slack.need("assistant:write", "chat:write")
    slack.channel_to_write({"channel": arguments.get("channel_id")})
    slack.statuses.append(dict(arguments))
    return {}


def set_title(slack: Slack, arguments: Arguments) -> Json:
    slack.need("assistant:write")
    where = _assistant_thread(slack, arguments)
    slack.titles[where] = str(arguments.get("title", ""))
    return {}


def set_prompts(slack: Slack, arguments: Arguments) -> Json:
    slack.need("assistant:write")
    where = _assistant_thread(slack, arguments)
    slack.prompts[where] = {
        "title": arguments.get("title"),
        "prompts": decoded(arguments.get("prompts")),
    }
    return {}


def add_reaction(slack: Slack, arguments: Arguments) -> Json:
    reactions, name = _reactions(slack, arguments)
    reaction = next((r for r in reactions if r["name"] == name), None)
    if reaction is None:
        reaction = {"name": name, "users": [], "count": 0}
        reactions.append(reaction)
    if BOT_USER in reaction["users"]:
        raise ApiError("already_reacted")
    reaction["users"].append(BOT_USER)
    reaction["count"] += 1
    slack.workspace.touch()
    return {}


def remove_reaction(slack: Slack, arguments: Arguments) -> Json:
    reactions, name = _reactions(slack, arguments)
    reaction = next((r for r in reactions if r["name"] == name), None)
    if reaction is None or BOT_USER not in reaction["users"]:
        raise ApiError("no_reaction")
    reaction["users"].remove(BOT_USER)
    reaction["count"] -= 1
    slack.workspace.touch()
    return {}


def _triggered(slack: Slack, arguments: Arguments) -> str:
    try:
        return slack.tickets.exchange(str(arguments.get("trigger_id", "")))
    except ValueError as refused:
        raise ApiError(str(refused)) from None


def _view(arguments: Arguments) -> Json:
    view = decoded(arguments.get("view"))
    if not isinstance(view, dict):
        raise ApiError("invalid_arguments")
    return view


def _known(slack: Slack, arguments: Arguments) -> View:
    wanted, external = arguments.get("view_id"), arguments.get("external_id")
    for view in slack.tickets.views.values():
        if view.id == wanted or (external and view.raw["external_id"] == external):
            if not view.is_open:
                break
            return view
    raise ApiError("not_found")


def _assistant_thread(slack: Slack, arguments: Arguments) -> tuple[str, str]:
    channel = slack.channel_to_write({"channel": arguments.get("channel_id")})
    thread_ts = str(arguments.get("thread_ts", ""))
    if channel.kind != "im" or slack.workspace.find(channel.id, thread_ts) is None:
        raise ApiError("invalid_thread_ts")
    return channel.id, thread_ts


def _reactions(slack: Slack, arguments: Arguments) -> tuple[list[Json], str]:
    slack.need("reactions:write")
    channel = slack.channel_to_write(arguments)
    message = slack.workspace.find(channel.id, str(arguments.get("timestamp", "")))
    if message is None:
        raise ApiError("message_not_found")
    reactions: list[Json] = message.raw.setdefault("reactions", [])
    return reactions, str(arguments.get("name", ""))
