"""The stages: each plans the commands of its tools and interprets their reports, without touching the world."""
