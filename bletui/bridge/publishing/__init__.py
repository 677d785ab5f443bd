"""What the radios tell, published to a site's MQTT broker; `docs/mqtt.md` is written for whoever subscribes."""
