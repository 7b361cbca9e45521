"""What the checks make of a GKE cluster's route; the checks themselves, and their ids, lie one level up."""
