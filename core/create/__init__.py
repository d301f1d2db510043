"""Create: generators that invent textures and looks out of the clusters."""
