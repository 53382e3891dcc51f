trials! {}
