"""A small invented archive: six publishers, copies of one wire story, an undated article."""

from __future__ import annotations

from typing import Any

WIRE = """\
The ferry to Osk runs again from Monday, the harbour office said on Friday. \
Storms had kept the boat in port for eleven days. \
The harbour master, Ilse Varn, counted 340 stranded passengers.

Fares stay at 12 crowns until the end of May. \
Freight went by the northern route meanwhile, and two trawlers carried the post."""

RECORDS: tuple[dict[str, Any], ...] = (
    {
        "id": "ferry-wire",
        "title": "Ferry to Osk runs again",
        "publisher": "Skerry Post",
        "published_at": "2026-03-06",
        "text": WIRE,
    },
    {
        "id": "ferry-reprint",
        "title": "Osk ferry back in service",
        "publisher": "Harrowmouth Echo",
        "published_at": "2026-03-07",
        "text": WIRE,
    },
    {
        "id": "ferry-trimmed",
        "title": "Boats sail to Osk once more",
        "publisher": "Tidewater Gazette",
        "published_at": "2026-03-07",
        "text": WIRE.partition("\n\n")[0] + "\n\nMore on this in our evening edition.",
    },
    {
        "id": "ferry-own",
        "title": "Islanders of Osk count what the storm cost them",
        "publisher": "Écho du Nord",
        "published_at": "2026-03-09",
        "text": (
            "Osk's two grocers had begun to ration flour when the first boat came in. "
            "The island council puts the damage to the pier at 60,000 crowns.\n\n"
            "The school stayed open, though its teacher was stuck in Harrowmouth."
        ),
    },
    {
        "id": "bridge",
        "title": "Harrowmouth bridge to close in September",
        "publisher": "Harrowmouth Echo",
        "published_at": "2026-02-17",
        "text": (
            "The bridge at Harrowmouth will close for repairs in September, the county decided. "
            "Engineers found rust in six of its forty cables during the spring inspection.\n\n"
            "The county expects the work to cost 4.2 million crowns. "
            "It is to last until the new year, and buses will cross by a pontoon."
        ),
    },
    {
        "id": "library",
        "title": "Old library keeps its roof",
        "publisher": "SKERRY POST",
        "published_at": "2025-11-20",
        "text": (
            "The town council voted by eleven to four to keep the old library open. "
            "Its roof is to be mended with slate from the Brae quarry.\n\n"
            "The librarian, Una Brae, had collected 2,300 signatures in a fortnight."
        ),
    },
    {
        "id": "wolves",
        "title": "Wolves return to the Granmoor forest",
        "publisher": "Écho du Nord",
        "published_at": "2026-01-12",
        "text": (
            "A pair of wolves has settled in the Granmoor forest, the ranger Tomas Eld said. "
            "Camera traps caught them on nine nights since the first snow.\n\n"
            "Shepherds are offered free fences, and dogs that are trained to guard a flock."
        ),
    },
    {
        "id": "bakery",
        "title": "A recipe for rye bread",
        "publisher": "Tidewater Gazette",
        "text": (
            "Rye bread needs a sour dough that has stood for at least sixteen hours. "
            "The baker Jon Teit adds caraway, and bakes the loaves for ninety minutes.\n\n"
            "Bread that rests for a day before it is cut keeps for a week."
        ),
    },
    {
        "id": "clinic",
        "title": "Clinic on Brae Hill gets a second doctor",
        "publisher": "Granmoor Herald",
        "published_at": "2026-02-28",
        "text": (
            "The clinic on Brae Hill will have a second doctor from April. "
            "Until now Dr Marit Sund had looked after 4,100 patients alone.\n\n"
            "The post had been advertised for two years before anybody applied."
        ),
    },
)
COPIES = frozenset({"ferry-wire", "ferry-reprint", "ferry-trimmed"})
UNDATED = "bakery"
