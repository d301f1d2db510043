"""The variational autoencoder of style codes, and the map of styles."""
