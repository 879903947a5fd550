print(7
