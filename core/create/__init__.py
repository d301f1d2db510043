"""Create: generators that make new textures and styles from the images of a group."""
