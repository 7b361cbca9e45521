locals {
  # What each app's environment says beyond what all of them have.
  app_settings = {
    attest = {
      DAYSEAL_DAILY_AT        = var.daily_at
      DAYSEAL_REVERIFY_AT     = var.reverify_at
      DAYSEAL_REVERIFY_BYTES  = tostring(var.reverify_bytes)
      DAYSEAL_TIMEOUT_SECONDS = tostring(var.run_timeout_seconds)
    }
    pulse  = {}
    record = { DAYSEAL_ROLL_CALL_AT = var.roll_call_at }
    lookup = merge(local.evidence_place, {
      DAYSEAL_EVENTS_ROLE    = try(coalesce(var.lookup.events_role, ""), "")
      DAYSEAL_EVIDENCE_QUEUE = local.with_lookup ? "${azurerm_storage_account.store["evidence"].primary_queue_endpoint}${azurerm_storage_queue.evidence["evidence"].name}" : ""
    })
    bundle = merge(local.evidence_place, {
      AzureFunctionsJobHost__functionTimeout = "00:15:00" # a job that is silent for longer counts as failed
      EvidenceJobs__clientId                 = try(azurerm_user_assigned_identity.dayseal["bundle"].client_id, "")
      EvidenceJobs__credential               = "managedidentity"
      EvidenceJobs__queueServiceUri          = try(azurerm_storage_account.store["evidence"].primary_queue_endpoint, "")
    })
  }
  evidence_place = local.with_lookup ? { DAYSEAL_EVIDENCE = "az://${azurerm_storage_account.store["evidence"].name}/evidence/" } : {}
  aws_settings = { for name in keys(local.apps) : name => local.native ? {} : {
    DAYSEAL_AWS_AUDIENCE = var.aws_audience
    DAYSEAL_AWS_ROLE     = name == "attest" ? var.aws_roles.attestor : var.aws_roles.reader
  } }
}

# An account for each app: who may write an app's package decides what it runs, so that is the app's identity alone.
resource "azurerm_storage_account" "host" {
  for_each                        = local.apps
  name                            = "${var.name}host${each.key}"
  resource_group_name             = azurerm_resource_group.dayseal.name
  location                        = azurerm_resource_group.dayseal.location
  account_tier                    = "Standard"
  account_replication_type        = "LRS"
  allow_nested_items_to_be_public = false
  shared_access_key_enabled       = false
  min_tls_version                 = "TLS1_2"
}

resource "azurerm_storage_container" "package" {
  for_each              = local.apps
  name                  = "package"
  storage_account_id    = azurerm_storage_account.host[each.key].id
  container_access_type = "private"
}

# What the host keeps there: the package, and the timers' locks.
resource "azurerm_role_assignment" "host" {
  for_each             = local.apps
  scope                = azurerm_storage_account.host[each.key].id
  role_definition_name = "Storage Blob Data Owner"
  principal_id         = local.principal[each.key]
  principal_type       = "ServicePrincipal"
}

resource "azurerm_service_plan" "dayseal" {
  for_each            = local.apps # Flex Consumption has one app in each plan
  name                = "${var.name}-${each.key}"
  resource_group_name = azurerm_resource_group.dayseal.name
  location            = azurerm_resource_group.dayseal.location
  os_type             = "Linux"
  sku_name            = "FC1"
}

resource "azurerm_function_app_flex_consumption" "dayseal" {
  for_each            = local.apps
  name                = "${var.name}-${each.key}"
  resource_group_name = azurerm_resource_group.dayseal.name
  location            = azurerm_resource_group.dayseal.location
  service_plan_id     = azurerm_service_plan.dayseal[each.key].id
  enabled             = contains(["lookup", "bundle"], each.key) || !var.paused
  https_only          = true

  runtime_name           = "python"
  runtime_version        = "3.13"
  instance_memory_in_mb  = each.key == "attest" ? var.run_memory : each.key == "bundle" ? 4096 : 2048
  maximum_instance_count = 40 # a timer runs once, however many instances there are

  storage_container_type            = "blobContainer"
  storage_container_endpoint        = "${azurerm_storage_account.host[each.key].primary_blob_endpoint}${azurerm_storage_container.package[each.key].name}"
  storage_authentication_type       = "UserAssignedIdentity"
  storage_user_assigned_identity_id = azurerm_user_assigned_identity.dayseal[each.key].id

  webdeploy_publish_basic_authentication_enabled = false

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.dayseal[each.key].id]
  }

  app_settings = merge(local.app_settings[each.key], local.aws_settings[each.key], {
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING = "Authorization=AAD;ClientId=${azurerm_user_assigned_identity.dayseal[each.key].client_id}"
    AZURE_CLIENT_ID                           = azurerm_user_assigned_identity.dayseal[each.key].client_id
    AzureWebJobsStorage__accountName          = azurerm_storage_account.host[each.key].name
    AzureWebJobsStorage__clientId             = azurerm_user_assigned_identity.dayseal[each.key].client_id
    AzureWebJobsStorage__credential           = "managedidentity"
    DAYSEAL_SERVES                            = each.key
  })

  site_config {
    application_insights_connection_string = azurerm_application_insights.dayseal.connection_string
    minimum_tls_version                    = "1.2"
    http2_enabled                          = true
  }

  # The platform asks who calls before any code runs, and lets in whom it is told to, nobody else.
  dynamic "auth_settings_v2" {
    for_each = each.key == "lookup" ? [var.lookup] : []
    content {
      auth_enabled           = true
      require_authentication = true
      require_https          = true
      unauthenticated_action = "Return401"
      default_provider       = "azureactivedirectory"

      active_directory_v2 {
        client_id            = auth_settings_v2.value.client_id
        tenant_auth_endpoint = "https://login.microsoftonline.com/${data.azurerm_client_config.deployer.tenant_id}/v2.0"
        allowed_audiences    = [auth_settings_v2.value.client_id, "api://${auth_settings_v2.value.client_id}"]
        allowed_groups       = sort(tolist(auth_settings_v2.value.groups))
        allowed_identities   = sort(tolist(auth_settings_v2.value.identities))
      }
      login {}
    }
  }

  depends_on = [azurerm_role_assignment.host]
}
