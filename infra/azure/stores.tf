resource "azurerm_resource_group" "dayseal" {
  name     = var.name
  location = var.location
}

locals {
  # Versions are kept where something may be replaced (the checkpoint, the guard) or must not be (all else).
  accounts = merge(
    { stores = { versions = false, lock_days = 0, kept_days = 90 } },
    local.native ? {
      ledger = { versions = true, lock_days = var.ledger_days, kept_days = 90 }
      guard  = { versions = true, lock_days = 0, kept_days = 90 }
    } : {},
    # Bundles may hold personal data: what is forgotten there is gone.
    local.with_lookup ? { evidence = { versions = false, lock_days = 0, kept_days = 0 } } : {},
  )
  # Which container lies in which account.
  containers = merge(
    { details = "stores" },
    local.native ? { ledger = "ledger", guard = "guard", inbox = "stores" } : {},
    local.with_lookup ? { evidence = "evidence" } : {},
  )
  # Each row: who may do what in which container.
  store_roles = merge(
    { "details attest" = azurerm_role_definition.store_writer.role_definition_resource_id },
    local.native ? merge(
      {
        "ledger attest" = azurerm_role_definition.store_reader.role_definition_resource_id
        "ledger pulse"  = azurerm_role_definition.store_reader.role_definition_resource_id
        "ledger record" = azurerm_role_definition.store_writer.role_definition_resource_id
        "guard record"  = azurerm_role_definition.store_writer.role_definition_resource_id
        "inbox attest"  = azurerm_role_definition.store_writer.role_definition_resource_id
        "inbox record"  = azurerm_role_definition.store_reader.role_definition_resource_id
      },
      local.with_lookup ? {
        "ledger lookup" = azurerm_role_definition.store_reader.role_definition_resource_id
        "ledger bundle" = azurerm_role_definition.store_reader.role_definition_resource_id
      } : {},
    ) : {},
    local.with_lookup ? {
      "evidence lookup" = azurerm_role_definition.store_writer.role_definition_resource_id
      "evidence bundle" = azurerm_role_definition.store_writer.role_definition_resource_id
    } : {},
  )
  # Where links are made: what is large in the ledger, and bundles.
  linked  = local.with_lookup ? setunion(["evidence"], local.native ? ["ledger"] : []) : toset([])
  queues  = local.with_lookup ? toset(["evidence", "evidence-poison"]) : toset([]) # the second is the host's, for what failed
  founded = local.native ? toset(["ledger", "guard"]) : toset([])
}

resource "azurerm_storage_account" "store" {
  for_each                        = local.accounts
  name                            = "${var.name}${each.key}"
  resource_group_name             = azurerm_resource_group.dayseal.name
  location                        = azurerm_resource_group.dayseal.location
  account_tier                    = "Standard"
  account_replication_type        = "ZRS"
  allow_nested_items_to_be_public = false
  shared_access_key_enabled       = false
  min_tls_version                 = "TLS1_2"

  blob_properties {
    versioning_enabled = each.value.versions

    dynamic "delete_retention_policy" {
      for_each = each.value.kept_days > 0 ? [each.value.kept_days] : []
      content {
        days = delete_retention_policy.value
      }
    }
    dynamic "container_delete_retention_policy" {
      for_each = each.value.kept_days > 0 ? [each.value.kept_days] : []
      content {
        days = container_delete_retention_policy.value
      }
    }
  }

  # A version cannot be deleted before its term, by nobody; a blob can be replaced, and its old version stays.
  dynamic "immutability_policy" {
    for_each = each.value.lock_days > 0 ? [each.value.lock_days] : []
    content {
      period_since_creation_in_days = immutability_policy.value
      state                         = var.lock ? "Locked" : "Unlocked"
      allow_protected_append_writes = false
    }
  }
}

resource "azurerm_storage_container" "store" {
  for_each              = local.containers
  name                  = each.key
  storage_account_id    = azurerm_storage_account.store[each.value].id
  container_access_type = "private"
}

resource "azurerm_storage_container_immutability_policy" "details" {
  storage_container_resource_manager_id = azurerm_storage_container.store["details"].id
  immutability_period_in_days           = var.details_days
  locked                                = var.lock
}

# What the recorder took is in the ledger; thirty days show what got stuck.
resource "azurerm_storage_management_policy" "inbox" {
  count              = local.native ? 1 : 0
  storage_account_id = azurerm_storage_account.store["stores"].id

  rule {
    name    = "inbox"
    enabled = true
    filters {
      blob_types   = ["blockBlob"]
      prefix_match = ["inbox/"]
    }
    actions {
      base_blob {
        delete_after_days_since_creation_greater_than = 30
      }
    }
  }
}

resource "azurerm_storage_management_policy" "evidence" {
  count              = local.with_lookup ? 1 : 0
  storage_account_id = azurerm_storage_account.store["evidence"].id

  rule {
    name    = "evidence"
    enabled = true
    filters {
      blob_types   = ["blockBlob"]
      prefix_match = ["evidence/"]
    }
    actions {
      base_blob {
        delete_after_days_since_modification_greater_than = var.evidence_days
      }
    }
  }
}

resource "azurerm_storage_queue" "evidence" {
  for_each           = local.queues
  name               = each.key
  storage_account_id = azurerm_storage_account.store["evidence"].id
}

resource "azurerm_role_assignment" "job_starter" {
  count              = local.with_lookup ? 1 : 0
  scope              = "${azurerm_storage_account.store["evidence"].id}/queueServices/default/queues/${azurerm_storage_queue.evidence["evidence"].name}"
  role_definition_id = azurerm_role_definition.job_starter.role_definition_resource_id
  principal_id       = local.principal["lookup"]
  principal_type     = "ServicePrincipal"
}

resource "azurerm_role_assignment" "job_taker" {
  for_each           = local.queues
  scope              = "${azurerm_storage_account.store["evidence"].id}/queueServices/default/queues/${azurerm_storage_queue.evidence[each.key].name}"
  role_definition_id = azurerm_role_definition.job_taker.role_definition_resource_id
  principal_id       = local.principal["bundle"]
  principal_type     = "ServicePrincipal"
}

resource "azurerm_role_assignment" "link_maker" {
  for_each           = local.linked
  scope              = azurerm_storage_account.store[each.key].id
  role_definition_id = azurerm_role_definition.link_maker.role_definition_resource_id
  principal_id       = local.principal["lookup"]
  principal_type     = "ServicePrincipal"
}

resource "azurerm_role_assignment" "store" {
  for_each           = local.store_roles
  scope              = azurerm_storage_container.store[split(" ", each.key)[0]].id
  role_definition_id = each.value
  principal_id       = local.principal[split(" ", each.key)[1]]
  principal_type     = "ServicePrincipal"
}

# For one time: founding a ledger writes its first entries and its guard.
resource "azurerm_role_assignment" "founder_writes" {
  for_each           = var.founder == null ? toset([]) : local.founded
  scope              = azurerm_storage_container.store[each.key].id
  role_definition_id = azurerm_role_definition.store_writer.role_definition_resource_id
  principal_id       = var.founder
}
