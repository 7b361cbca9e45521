# All AKS clusters of a management group, archived in one subscription, attested from there, ledger in Blob Storage.

provider "azurerm" {
  subscription_id     = "00000000-0000-0000-0000-000000000001"
  storage_use_azuread = true # no account here has a key that works
  features {}
}

resource "azurerm_resource_group" "archive" {
  name     = "example-audit-archive"
  location = "germanywestcentral"
}

# One for each region that has clusters.
module "archive" {
  source              = "../../modules/archive"
  resource_group_name = azurerm_resource_group.archive.name
  location            = azurerm_resource_group.archive.location
  account             = "exampleaksaudit"
  retention_days      = 400
  lock                = false # true once the first blobs arrive: from then on nobody can shorten it
  clusters = [
    "/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/shop/providers/Microsoft.ContainerService/managedClusters/prod",
  ]
}

module "dayseal" {
  source   = "../.."
  name     = "dayexample"
  location = "germanywestcentral"
  scopes = [
    "/providers/Microsoft.Management/managementGroups/example",
    "/subscriptions/00000000-0000-0000-0000-000000000001", # the archive's
  ]
  archive_accounts = ["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/example-audit-archive/providers/Microsoft.Storage/storageAccounts/exampleaksaudit"]
  ledger           = "blob"
  # founder        = "..." # while `dayseal init` runs: see docs/guides/azure.md
  lookup = {
    client_id = "00000000-0000-0000-0000-000000000003" # an Entra application for signing in
    groups    = ["00000000-0000-0000-0000-000000000004"]
    # events_role = "Evidence.Events" # an app role of it, for who may have audit events
  }
  depends_on = [module.archive]
}

output "dayseal" {
  value = module.dayseal
}
