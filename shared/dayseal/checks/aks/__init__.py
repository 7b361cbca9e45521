"""What the checks make of an AKS cluster's route; the checks themselves, and their ids, lie one level up."""
