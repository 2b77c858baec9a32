password = "not-to-be-told"
