"""What may be published: an event of any of the kinds that these modules name."""

from emulator.events import firings, promises, scheduler, targets, tasks

Event = firings.Event | promises.Event | scheduler.Event | targets.Event | tasks.Event
