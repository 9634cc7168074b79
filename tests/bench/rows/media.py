MEASURES: list = []
