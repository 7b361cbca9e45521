locals {
  # Each action, and nothing else: dayseal/clouds/azure/permissions.py says what each is for.
  reader_actions = [
    "Microsoft.Authorization/locks/read",
    "Microsoft.Authorization/permissions/read",
    "Microsoft.Authorization/roleAssignments/read",
    "Microsoft.Authorization/roleDefinitions/read",
    "Microsoft.ContainerService/managedClusters/read",
    "Microsoft.Insights/diagnosticSettings/read",
    "Microsoft.Insights/diagnosticSettingsCategories/read",
    "Microsoft.Insights/eventtypes/values/read",
    "Microsoft.Insights/metricAlerts/read",
    "Microsoft.Insights/scheduledQueryRules/read",
    "Microsoft.Management/managementGroups/descendants/read",
    "Microsoft.OperationalInsights/workspaces/query/AKSAudit/read",
    "Microsoft.OperationalInsights/workspaces/query/AKSAuditAdmin/read",
    "Microsoft.OperationalInsights/workspaces/query/AzureActivity/read",
    "Microsoft.OperationalInsights/workspaces/query/AzureDiagnostics/read",
    "Microsoft.OperationalInsights/workspaces/query/read",
    "Microsoft.OperationalInsights/workspaces/read",
    "Microsoft.OperationalInsights/workspaces/tables/read",
    "Microsoft.ResourceGraph/resources/read",
    "Microsoft.Security/pricings/read",
    "Microsoft.Storage/storageAccounts/blobServices/containers/read",
    "Microsoft.Storage/storageAccounts/blobServices/read",
    "Microsoft.Storage/storageAccounts/encryptionScopes/read",
    "Microsoft.Storage/storageAccounts/managementPolicies/read",
    "Microsoft.Storage/storageAccounts/read",
  ]
  archive_data_actions = ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"]
  signer_data_actions = [
    "Microsoft.KeyVault/vaults/keys/read",
    "Microsoft.KeyVault/vaults/keys/sign/action",
  ]
  store_reader_data_actions = ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"]
  store_writer_data_actions = [
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
  ]
}

resource "azurerm_role_definition" "reader" {
  name              = "dayseal reader (${var.name})"
  description       = "Reads clusters, the configuration of their audit logs, and counters. Changes nothing."
  scope             = sort(tolist(var.scopes))[0]
  assignable_scopes = sort(tolist(var.scopes))

  permissions {
    actions = local.reader_actions
  }
}

# Data actions cannot be granted by a role of a management group, so this one belongs to the archives' resource groups.
resource "azurerm_role_definition" "archive_reader" {
  for_each    = toset([for id in var.archive_accounts : regex("^/subscriptions/[^/]+/resourceGroups/[^/]+", id)])
  name        = "dayseal archive reader (${var.name} ${substr(sha256(each.key), 0, 8)})"
  description = "Reads archived logs."
  scope       = each.key

  permissions {
    data_actions = local.archive_data_actions
  }
}

resource "azurerm_role_definition" "signer" {
  name        = "dayseal signer (${var.name})"
  description = "Signs with a key and reads its public half."
  scope       = azurerm_resource_group.dayseal.id

  permissions {
    data_actions = local.signer_data_actions
  }
}

resource "azurerm_role_definition" "key_maker" {
  name        = "dayseal key maker (${var.name})"
  description = "Makes keys and reads their public halves. Cannot sign, and cannot delete."
  scope       = azurerm_resource_group.dayseal.id

  permissions {
    data_actions = ["Microsoft.KeyVault/vaults/keys/read", "Microsoft.KeyVault/vaults/keys/create/action"]
  }
}

resource "azurerm_role_definition" "store_reader" {
  name  = "dayseal store reader (${var.name})"
  scope = azurerm_resource_group.dayseal.id

  permissions {
    data_actions = local.store_reader_data_actions
  }
}

# Writing includes replacing: what exists is protected by the containers' immutability, not by this role.
resource "azurerm_role_definition" "store_writer" {
  name        = "dayseal store writer (${var.name})"
  description = "Writes and reads blobs. Cannot delete."
  scope       = azurerm_resource_group.dayseal.id

  permissions {
    data_actions = local.store_writer_data_actions
  }
}

# A link is signed with a key that Blob storage lends, and may do no more than who asked for it. Not a data action, but one
# that counts on an account.
resource "azurerm_role_definition" "link_maker" {
  name        = "dayseal link maker (${var.name})"
  description = "Lets an identity sign links to what it may read itself."
  scope       = azurerm_resource_group.dayseal.id

  permissions {
    actions = ["Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action"]
  }
}

resource "azurerm_role_definition" "job_starter" {
  name  = "dayseal job starter (${var.name})"
  scope = azurerm_resource_group.dayseal.id

  permissions {
    data_actions = ["Microsoft.Storage/storageAccounts/queueServices/queues/messages/add/action"]
  }
}

# What the host needs to take messages, to keep them while it works, and to put aside what failed too often.
resource "azurerm_role_definition" "job_taker" {
  name  = "dayseal job taker (${var.name})"
  scope = azurerm_resource_group.dayseal.id

  permissions {
    actions = ["Microsoft.Storage/storageAccounts/queueServices/queues/read"]
    data_actions = [
      "Microsoft.Storage/storageAccounts/queueServices/queues/messages/add/action",
      "Microsoft.Storage/storageAccounts/queueServices/queues/messages/process/action",
      "Microsoft.Storage/storageAccounts/queueServices/queues/messages/read",
      "Microsoft.Storage/storageAccounts/queueServices/queues/messages/write",
    ]
  }
}

# ---- who runs: one identity for each app

locals {
  native      = var.ledger == "blob"
  with_lookup = var.lookup != null
  with_events = try(var.lookup.events_role, null) != null
  apps = merge(
    {
      attest = "reads archives, signs attestations"
      pulse  = "reads configuration and the ledger"
    },
    local.native ? { record = "the only one that writes into the ledger" } : {},
    local.with_lookup ? {
      lookup = "reads the ledger, starts evidence"
      bundle = "reads the ledger, makes evidence"
    } : {},
  )
  readers         = toset(["attest", "pulse"])
  archive_readers = setunion(local.readers, local.with_events ? ["bundle"] : [])
}

resource "azurerm_user_assigned_identity" "dayseal" {
  for_each            = local.apps
  name                = "${var.name}-${each.key}"
  resource_group_name = azurerm_resource_group.dayseal.name
  location            = azurerm_resource_group.dayseal.location
  tags                = { purpose = each.value }
}

locals {
  principal = { for name, identity in azurerm_user_assigned_identity.dayseal : name => identity.principal_id }
}

resource "azurerm_role_assignment" "reader" {
  for_each           = { for pair in setproduct(var.scopes, local.readers) : "${pair[0]} ${pair[1]}" => pair }
  scope              = each.value[0]
  role_definition_id = azurerm_role_definition.reader.role_definition_resource_id
  principal_id       = local.principal[each.value[1]]
  principal_type     = "ServicePrincipal"
}

resource "azurerm_role_assignment" "archive" {
  for_each           = { for pair in setproduct(var.archive_accounts, local.archive_readers) : "${pair[0]} ${pair[1]}" => pair }
  scope              = each.value[0]
  role_definition_id = azurerm_role_definition.archive_reader[regex("^/subscriptions/[^/]+/resourceGroups/[^/]+", each.value[0])].role_definition_resource_id
  principal_id       = local.principal[each.value[1]]
  principal_type     = "ServicePrincipal"
}
