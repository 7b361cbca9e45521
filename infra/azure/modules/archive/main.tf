# An archive of AKS audit logs: a container whose blobs nobody can change but by appending, and the clusters' settings.

locals {
  container = "insights-logs-${var.category}" # the name is Azure's: one container for each category
}

resource "azurerm_storage_account" "archive" {
  name                            = var.account
  resource_group_name             = var.resource_group_name
  location                        = var.location
  account_tier                    = "Standard"
  account_replication_type        = var.replication
  allow_nested_items_to_be_public = false
  min_tls_version                 = "TLS1_2"

  shared_access_key_enabled = var.shared_keys

  # Diagnostic settings write as a trusted service, which a closed network lets in.
  network_rules {
    default_action = "Allow"
    bypass         = ["AzureServices"]
  }

  blob_properties {
    delete_retention_policy {
      days = 30
    }
    container_delete_retention_policy {
      days = 90
    }
  }
}

# Made here, so that it is immutable before the first record; Azure would make it otherwise.
resource "azurerm_storage_container" "archive" {
  name                  = local.container
  storage_account_id    = azurerm_storage_account.archive.id
  container_access_type = "private"
}

# An hour's blob is appended to while the hour lasts: without the permission to append nothing would arrive.
resource "azurerm_storage_container_immutability_policy" "archive" {
  storage_container_resource_manager_id = azurerm_storage_container.archive.id
  immutability_period_in_days           = var.retention_days
  protected_append_writes_enabled       = true
  locked                                = var.lock
}

resource "azurerm_storage_management_policy" "archive" {
  count              = var.delete_after_days == null ? 0 : 1
  storage_account_id = azurerm_storage_account.archive.id

  rule {
    name    = "term"
    enabled = true
    filters {
      blob_types   = ["appendBlob"]
      prefix_match = ["${local.container}/"]
    }
    actions {
      base_blob {
        delete_after_days_since_modification_greater_than = var.delete_after_days
      }
    }
  }
}

resource "azurerm_monitor_diagnostic_setting" "archive" {
  for_each           = var.clusters
  name               = "dayseal-archive"
  target_resource_id = each.key
  storage_account_id = azurerm_storage_account.archive.id

  enabled_log {
    category = var.category
  }

  depends_on = [azurerm_storage_container_immutability_policy.archive]
}
