"""The composition root: settings become a wired emulator with the operations front ends offer.

`emulator` has the operations; what needs nothing to run is its `workspace`. `live` is the machine
that runs tasks on a state directory, wired of `workshops`, `record_keeping`, `log_sink` and
`event_bridge`. By the clock `service` and `serving` drive it, for `ecs-local run`; on a virtual one
`simulation` and `simulating`; `errands` are what somebody asks for once. What killed processes left
is seen to by `inheritance`, `leftovers`, `upkeep` and `forsaken`.
"""
