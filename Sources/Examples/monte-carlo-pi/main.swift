print("monte-carlo-pi")
